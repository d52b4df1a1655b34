"""One module for each kind of value. Where a text has exactly one reading, `clean` returns that value with the codes of
its corrections; it returns any other text unchanged. The other functions judge a clean value."""
