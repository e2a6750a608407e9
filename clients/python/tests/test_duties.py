"""What a device tells of what fails."""

from __future__ import annotations

import threading
import unittest

from distillstream_device.duties import Reasons, Trouble

LOGGER = "distillstream_device.duties"


class TroubleTest(unittest.TestCase):
    def test_tells_a_reason_once_though_several_threads_meet_it(self) -> None:
        rounds, threads = 300, 4
        reasons = Reasons()
        together = threading.Barrier(threads)

        def meet(trouble: Trouble) -> None:
            for number in range(rounds):
                together.wait()
                trouble.tell(OSError(f"reason {number}"))

        troubles = [Trouble(f"Part {number}", reasons) for number in range(threads)]
        with self.assertLogs(LOGGER) as told:
            workers = [threading.Thread(target=meet, args=[trouble]) for trouble in troubles]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
        said = [line.split(": ", 1)[1] for line in told.output]
        self.assertEqual([f"reason {number}" for number in range(rounds)], said)

    def test_tells_a_reason_again_after_it_was_over(self) -> None:
        trouble = Trouble("Updates cannot be followed", Reasons())
        with self.assertLogs(LOGGER) as told:
            trouble.tell(OSError("refused"))
            trouble.tell(OSError("refused"))
            trouble.over()
            trouble.tell(OSError("refused"))
        self.assertEqual(2, len(told.output))
