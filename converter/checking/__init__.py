"""From raw cells to requests: cleaned, folded, judged, each failure explained."""
