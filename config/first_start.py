# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
# Read by `odoo shell` after the installation: the administrator gets the password of the
# secret once; later he changes it in Odoo.
import os
from pathlib import Path

secret = Path(os.environ.get("ADMIN_PASSWORD_FILE", "/run/secrets/admin_password"))
parameters = env["ir.config_parameter"]  # noqa: F821
if secret.exists() and not parameters.get_param("after_sales.admin_password_set"):
    env.ref("base.user_admin").password = secret.read_text().strip()  # noqa: F821
    parameters.set_param("after_sales.admin_password_set", "1")
    env.cr.commit()  # noqa: F821
