from . import contract_change
from . import service_billing_preview
from . import service_subscriber_import
