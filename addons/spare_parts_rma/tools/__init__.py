from . import appraisal
from . import charge
from . import gate
from . import quantity
from . import returns
