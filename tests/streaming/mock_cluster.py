"""librdkafka's own mock brokers in a process of their own: brokers that refuse, lag and go down when told to."""

import ctypes
import sys
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen

import confluent_kafka

PRODUCE, OFFSET_FETCH = 0, 9  # Kafka's API keys
NOT_LEADER, NOT_ENOUGH_REPLICAS, TOPIC_AUTHORIZATION_FAILED, INVALID_RECORD = 6, 19, 29, 87  # Kafka's error codes
POINTER, TEXT, INT, SHORT, SIZE = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int32, ctypes.c_int16, ctypes.c_size_t
ARGUMENTS = {
    "rd_kafka_conf_new": [],
    "rd_kafka_new": [INT, POINTER, TEXT, SIZE],
    "rd_kafka_mock_cluster_new": [POINTER, INT],
    "rd_kafka_mock_cluster_bootstraps": [POINTER],
    "rd_kafka_mock_topic_create": [POINTER, TEXT, INT, INT],
    "rd_kafka_mock_push_request_errors_array": [POINTER, SHORT, SIZE, POINTER],
    "rd_kafka_mock_clear_request_errors": [POINTER, SHORT],
    "rd_kafka_mock_broker_set_down": [POINTER, INT],
    "rd_kafka_mock_broker_set_up": [POINTER, INT],
    "rd_kafka_mock_broker_set_rtt": [POINTER, INT, INT],
}
RESULTS = {"rd_kafka_mock_cluster_bootstraps": TEXT}
POINTERS = {"rd_kafka_conf_new", "rd_kafka_new", "rd_kafka_mock_cluster_new"}


class MockCluster:
    """One mock broker, told what to do over the pipe to its process."""

    def __init__(self, process):
        self._process = process
        self.bootstrap = process.stdout.readline().strip()

    def topic(self, name, partitions):
        self._tell("topic", name, partitions)

    def refuse(self, api, *codes):
        """Answer the next requests of this kind with these errors, one each."""
        self._tell("refuse", api, *codes)

    def clear(self, api):
        """Forget the errors that were not answered yet."""
        self._tell("clear", api)

    def down(self):
        self._tell("down")

    def up(self):
        self._tell("up")

    def latency(self, milliseconds):
        self._tell("latency", milliseconds)

    def _tell(self, *words):
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        assert answer == "0", f"{words}: the mock cluster answered {answer!r}"


@contextmanager
def mock_cluster():
    """A mock cluster, ended with the block."""
    with Popen([sys.executable, __file__], stdin=PIPE, stdout=PIPE, text=True) as process:  # noqa: S603 - this file
        try:
            yield MockCluster(process)
        finally:
            process.kill()


def _library():
    folder = Path(confluent_kafka.__file__).parents[1] / "confluent_kafka.libs"
    library = ctypes.CDLL(str(next(folder.glob("librdkafka*.so*"))))
    for name, arguments in ARGUMENTS.items():
        function = getattr(library, name)
        function.argtypes = arguments
        function.restype = POINTER if name in POINTERS else RESULTS.get(name, INT)
    return library


def _obey(library, cluster, words):
    match words:
        case ["topic", name, partitions]:
            return library.rd_kafka_mock_topic_create(cluster, name.encode(), int(partitions), 1)
        case ["refuse", api, *codes]:
            errors = (INT * len(codes))(*map(int, codes))
            library.rd_kafka_mock_push_request_errors_array(cluster, int(api), len(codes), errors)
            return 0
        case ["clear", api]:
            library.rd_kafka_mock_clear_request_errors(cluster, int(api))
            return 0
        case ["down" | "up" as state]:
            return getattr(library, f"rd_kafka_mock_broker_set_{state}")(cluster, 1)
        case ["latency", milliseconds]:
            return library.rd_kafka_mock_broker_set_rtt(cluster, 1, int(milliseconds))
    return "no such command"


def main():
    """Tell the bootstrap address, then obey one command a line until the pipe closes."""
    library, error = _library(), ctypes.create_string_buffer(512)
    client = library.rd_kafka_new(0, library.rd_kafka_conf_new(), error, len(error))
    cluster = library.rd_kafka_mock_cluster_new(client, 1)
    sys.stdout.reconfigure(line_buffering=True)
    sys.stdout.write(library.rd_kafka_mock_cluster_bootstraps(cluster).decode() + "\n")
    for line in sys.stdin:
        sys.stdout.write(f"{_obey(library, cluster, line.split())}\n")


if __name__ == "__main__":
    main()
