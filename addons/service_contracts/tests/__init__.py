from . import test_billing
from . import test_contract
from . import test_coverage
from . import test_periods
from . import test_scope
from . import test_security
from . import test_tours
from . import test_twin
