from . import test_custody
from . import test_money_gate
from . import test_receiving
from . import test_return
from . import test_security
from . import test_swap
from . import test_tools
from . import test_tour
