from . import appraisal
from . import charge
from . import gate
from . import quantity
from . import readiness
from . import returns
from . import supply
