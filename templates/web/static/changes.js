// The corrections on their way to the server: sent one after the other, kept until they have arrived. A lost connection,
// a server that is started again or a closed tab loses none of them.

const AGAIN = 3000; // milliseconds before what did not arrive is sent again

/** `send(change)` resolves to "done", "conflict" or "later"; `tell(count)` is told how many wait for the connection. */
export class Changes {
  #waiting;
  #busy = false;
  #timer = 0;

  constructor(name, send, tell) {
    this.name = `converter-${name}`;
    this.send = send;
    this.tell = tell;
    this.#waiting = read(this.name);
    addEventListener("online", () => this.go());
    addEventListener("beforeunload", (event) => {
      if (this.#timer) event.preventDefault();
    });
  }

  /** Whether a correction of this field has not arrived yet. */
  waits(field) {
    return this.#waiting.some((one) => one.field === field);
  }

  get idle() {
    return !this.#waiting.length;
  }

  add(change) {
    this.#waiting = [...this.#waiting.filter((one) => one.field !== change.field || one === this.#busy), change];
    write(this.name, this.#waiting);
    return this.go();
  }

  async go() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    while (!this.#busy && this.#waiting.length) {
      const change = (this.#busy = this.#waiting[0]);
      const outcome = await this.send(change).catch(() => "later");
      this.#busy = false;
      if (outcome === "later") {
        this.tell(this.#waiting.length);
        this.#timer = setTimeout(() => this.go(), AGAIN);
        return;
      }
      this.#waiting = this.#waiting.filter((one) => one !== change);
      write(this.name, this.#waiting);
    }
    if (!this.#waiting.length) this.tell(0);
  }
}

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? [];
  } catch {
    return [];
  }
}

function write(name, changes) {
  try {
    if (changes.length) localStorage.setItem(name, JSON.stringify(changes));
    else localStorage.removeItem(name);
  } catch {
    // kept in this tab alone
  }
}
