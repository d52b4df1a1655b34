// The progress of a conversion, asked for twice a second; at its end, the page itself leads to the lot or says why not.

const followed = document.querySelector("[data-follow]");
const bar = followed.querySelector("progress");
const step = document.getElementById("etape");

async function follow() {
  try {
    const answer = await fetch(followed.dataset.follow, { headers: { Accept: "application/json" } });
    const now = await answer.json();
    if (!answer.ok || now.state !== "running") {
      location.reload();
      return;
    }
    bar.max = now.total;
    bar.value = now.done;
    if (step.textContent !== `${now.what}…`) step.textContent = `${now.what}…`;
  } catch {
    step.textContent = "Le serveur ne répond pas ; nouvel essai…";
  }
  setTimeout(follow, 500);
}

setTimeout(follow, 500);
