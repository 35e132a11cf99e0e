from . import test_callback
from . import test_coverage
from . import test_program_data
from . import test_security
from . import test_sla
from . import test_ticket
from . import test_tools
from . import test_visit
