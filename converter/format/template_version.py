"""Version of the workbook to fill, and the defined name under which each workbook carries it.

Apart from `converter.template`, so that a reader can compare versions without importing openpyxl.
In the package: `<definedName name="modele_mdv_lgc_version">"1"</definedName>` of `xl/workbook.xml`.
"""

TEMPLATE_VERSION = "1"
VERSION_NAME = "modele_mdv_lgc_version"
