from . import ceiling
from . import dunning
from . import hours
from . import periods
from . import scope
from . import share
from . import statement
