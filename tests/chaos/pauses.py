"""How long something stood still while there was something to do, and how long what came had to wait."""

from collections import deque


class Line:
    """One thing that is to get on, looked at now and then; times are seconds of one clock."""

    def __init__(self):
        self.still = 0.0  # longest time in which something waited and nothing was done
        self.waited = 0.0  # longest time from when something was there until it was done
        self.at = 0.0  # when the longest standstill ended
        self._since = None
        self._done = 0
        self._goals = deque()  # (when it was first seen, goal)

    def look(self, now, goal, done):
        """So much is there to do by now, so much of it is done; both only grow."""
        if self._since is not None and now - self._since > self.still:
            self.still, self.at = now - self._since, now
        if done > self._done or done >= goal:
            self._since = None
        if done < goal and self._since is None:
            self._since = now
        self._done = max(self._done, done)
        self._wait(now, goal)

    def _wait(self, now, goal):
        if goal > self._done and (not self._goals or goal > self._goals[-1][1]):
            self._goals.append((now, goal))
        while self._goals and self._goals[0][1] <= self._done:
            self.waited = max(self.waited, now - self._goals.popleft()[0])
        if self._goals:
            self.waited = max(self.waited, now - self._goals[0][0])
