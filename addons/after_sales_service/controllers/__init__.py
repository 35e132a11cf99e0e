from . import main
from . import repair_status
from . import service_receipt
