# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import base64
import csv
import io
import zipfile
from datetime import date, datetime

import openpyxl

from odoo import api, fields, models
from odoo.exceptions import UserError


class ServiceTableMixin(models.AbstractModel):
    """Read a table that somebody sends: CSV or XLSX with a header line."""

    _name = "service.table.mixin"
    _description = "File with a Table"

    # columns without which the file says nothing
    _needed_columns = frozenset()

    file = fields.Binary(required=True, attachment=False)
    filename = fields.Char()

    @api.model
    def _get_columns(self) -> dict:
        """Column → its label: headers may be written in either."""
        return {}

    def _skip_columns(self, names):
        """Called with the headers that name no column: they are not read."""

    def _get_content(self) -> bytes:
        self.ensure_one()
        # the web client saves with bin_size, which would give the size only
        return base64.b64decode(self.with_context(bin_size=False).file)

    def _read_rows(self) -> list:
        """[(line number in the file, {column: text})]

        :raises UserError: the file is neither CSV nor XLSX, or has no header
        """
        content = self._get_content()
        try:
            table = (
                self._read_xlsx(content)
                if content[:2] == b"PK"
                else self._read_csv(content)
            )
        except (csv.Error, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
            raise UserError(
                self.env._(
                    "File %(file)s cannot be read. Save it as CSV (UTF-8) or XLSX with a "
                    "header line.",
                    file=self.filename or "",
                )
            ) from error
        labels = self._get_columns()
        columns = {
            **{name: name for name in labels},
            **{label.lower(): name for name, label in labels.items()},
        }
        names = [str(cell or "").strip() for cell in table[:1] and table[0]]
        header = [columns.get(name.lower()) for name in names]
        missing = self._needed_columns - set(header)
        if missing:
            raise UserError(
                self.env._(
                    "The first line of the file names the columns. Missing: %s.",
                    ", ".join(f"{name} ({labels[name]})" for name in sorted(missing)),
                )
            )
        self._skip_columns([name for name in names if name.lower() not in columns])
        return [
            (
                number,
                {
                    name: self._clean(cell)
                    for name, cell in zip(header, cells, strict=False)
                    if name
                },
            )
            for number, cells in enumerate(table[1:], start=2)
            if any(cell not in (None, "") for cell in cells)
        ]

    @api.model
    def _read_csv(self, content):
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("gb18030")
        header = text.partition("\n")[0]
        return list(
            csv.reader(io.StringIO(text), delimiter=max(",;\t", key=header.count))
        )

    @api.model
    def _read_xlsx(self, content):
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=True
        )
        return [list(row) for row in book.active.iter_rows(values_only=True)]

    @api.model
    def _clean(self, cell) -> str:
        if isinstance(cell, datetime | date):
            return cell.strftime("%Y-%m-%d")
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        return str(cell if cell is not None else "").strip()
