from . import ceiling
from . import hours
from . import periods
from . import scope
from . import share
