"""Make the kept template again: `python -m converter.views.template` (`make docs`)."""

from converter.format.template_files import template_path
from converter.views.template import write_template

if __name__ == "__main__":
    kept = template_path("modele-mdv-lgc.xlsx")
    kept.unlink(missing_ok=True)
    write_template(kept)
