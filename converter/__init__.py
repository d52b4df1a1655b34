"""Du classeur Excel des commandes Ségur aux fichiers JSON-MDV du portail de l'ASP."""

__version__ = "1.0.0"
