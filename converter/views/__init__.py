"""What people open: annotated copies, the workbook to fill, the report, tables, pages of the docs."""
