"""From raw cells to requests: clean the cells, group the rows, check the values, report each failure."""
