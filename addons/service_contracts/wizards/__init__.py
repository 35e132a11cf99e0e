from . import service_table_mixin
from . import contract_change
from . import service_billing_preview
from . import service_settlement_statement
from . import service_subscriber_import
