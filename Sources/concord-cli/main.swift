import Concord
