from . import periods
from . import scope
