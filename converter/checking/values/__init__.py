"""One module a kind of value, with the same verb everywhere: `clean` reads what has one reading and tells it, and hands
on as it is what has none or two; the other functions judge a clean value."""
