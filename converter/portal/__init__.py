"""The ASP's portal: its two controls, the files it hands back, its spelling of the tags (guide § 2 and § 3.2)."""
