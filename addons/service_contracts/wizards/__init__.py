from . import service_billing_preview
