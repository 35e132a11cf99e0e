from . import main
from . import repair_status
