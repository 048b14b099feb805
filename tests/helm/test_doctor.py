"""What `helm test` runs, with exactly the command and the environment that the chart renders."""

import uuid

import commands
import pods


def doctor(chart):
    (pod,) = chart.labelled("Pod", "doctor")
    return pod["spec"]


def test_it_finds_nothing_wrong_after_the_hooks(helm, kafka, postgres_url):
    own = {"database.existingSecret": "", "database.url": postgres_url}
    values = {"kafka.bootstrapServers": kafka, "kafka.partitions": 4, **own}
    chart = helm.rendered(release=f"r{uuid.uuid4().hex[:8]}", **values)
    for job in sorted(chart.all("Job"), key=lambda job: int(job["metadata"]["annotations"]["helm.sh/hook-weight"])):
        (container,) = job["spec"]["template"]["spec"]["containers"]
        assert ended(chart, container)[0] == 0
    (container,) = doctor(chart)["containers"]
    code, said = ended(chart, container)
    assert code == 0, said
    assert "fine     topics: " in said


def test_it_reads_the_files_that_the_workers_read(rendered):
    chart = rendered["production"]
    (volume,) = [each for each in doctor(chart)["volumes"] if each["name"] == "config"]
    assert volume["projected"]["sources"] == pods.mounts(chart, "store")["/etc/argus"]["projected"]["sources"]


def ended(chart, container):
    """Exit code, and what was said."""
    with commands.process(*container["args"], **pods.environment(chart, container)) as running:
        out, errors = running.communicate(timeout=300)
        return running.returncode, out + errors
