"""The command: its words, and one line for whatever goes wrong."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from fake_gateway import FakeGateway, self_signed

TOKEN = "a-token-of-the-gateway"


class CommandTest(unittest.TestCase):
    def setUp(self) -> None:
        self.gateway = FakeGateway()
        self.addCleanup(self.gateway.close)
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def run_command(self, *arguments: str, text: str = "") -> tuple[int, str, list[str]]:
        """Exit code, standard output, and the lines of standard error."""
        done = subprocess.run(
            [sys.executable, "-m", "distillstream_device", *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            input=text,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )
        return done.returncode, done.stdout, done.stderr.splitlines()

    def follow(self, *arguments: str, text: str = "") -> tuple[int, str, list[str]]:
        return self.run_command(
            "follow", "--gateway", self.gateway.url, "--model", "glosses", *arguments, text=text
        )

    def test_follows_answers_lines_and_predicts_without_a_network(self) -> None:
        self.gateway.token = TOKEN
        self.gateway.publish(1)
        (self.folder / "token").write_text(TOKEN + "\n")
        options = ("--insecure-no-root", "--token-file", "token")
        code, answers, told = self.follow(*options, text="a dog\n\n a DOG\n")
        self.assertEqual((0, "food\t0.9999\tv1\n" * 2), (code, answers), told)
        self.assertEqual(["version 1 installed"], told)
        self.assertEqual(["version 1 was installed before"], self.follow(*options)[2])
        self.gateway.close()
        self.assertEqual((0, "food\t0.9999\tv1\n", []), self.run_command("predict", "a dog"))
        self.assertEqual(answers, self.run_command("predict", text="a dog\na dog\n")[1])

    def test_follows_over_tls_whom_it_is_told_to_trust(self) -> None:
        secured = FakeGateway(certificate=self_signed(self.folder))
        self.addCleanup(secured.close)
        secured.token = TOKEN
        secured.publish(1)
        (self.folder / "key").write_text(TOKEN + "\n")
        command = ("follow", "--gateway", secured.url, "--model", "glosses", "--insecure-no-root")
        trusting = (*command, "--api-key-file", "key", "--ca", "certificate.pem")
        code, answers, told = self.run_command(*trusting, text="a dog\n")
        self.assertEqual((0, "food\t0.9999\tv1\n"), (code, answers), told)
        code, _, told = self.run_command(*command, "--id", "wary", "--wait", "0.5", text="a dog\n")
        self.assertEqual(1, code)
        self.assertTrue(any("certificate verify failed" in line for line in told), told)
        self.assertFalse(any("Traceback" in line or TOKEN in line for line in told), told)

    def test_goes_on_when_input_ends_until_it_is_told_to_stop(self) -> None:
        command = [sys.executable, "-m", "distillstream_device", "follow", "--keep-following"]
        options = ["--insecure-no-root", "--gateway", self.gateway.url, "--model", "glosses"]
        with subprocess.Popen(
            [*command, *options],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        ) as process:
            assert process.stderr
            told = []
            for version in (1, 2):
                self.gateway.publish(version)
                told.append(process.stderr.readline())
            process.terminate()
            self.assertEqual(["version 1 installed\n", "version 2 installed\n"], told)
            self.assertEqual(0, process.wait(30))
            self.assertEqual("", process.stderr.read())

    def test_says_that_no_update_came_in_time(self) -> None:
        code, _, told = self.follow("--insecure-no-root", "--wait", "0.5")
        line = f"error: No update of glosses/stable within 0.5 s on {self.gateway.url}"
        self.assertEqual((1, [line]), (code, told))

    def test_says_once_that_the_gateway_is_away(self) -> None:
        self.gateway.close()
        code, _, told = self.follow("--insecure-no-root", "--wait", "1.5")
        self.assertEqual((1, 2), (code, len(told)), told)
        self.assertRegex(told[0], "^warning: .* cannot be (followed|sent): .*Connection refused")

    def test_says_what_the_gateway_has_against_the_token(self) -> None:
        self.gateway.token = TOKEN
        code, _, told = self.follow("--insecure-no-root", "--wait", "0.5")
        self.assertEqual(1, code)
        self.assertTrue(any("401" in line and "token" in line for line in told), told)

    def test_tells_what_it_was_not_given_in_one_line(self) -> None:
        for arguments, said in (
            (("--root", "missing.json"), "The root missing.json cannot be read"),
            (("--insecure-no-root", "--ca", "none"), "'none' cannot be used"),
            (("--insecure-no-root", "--token-file", "none"), "--api-key-file none cannot be read"),
            (("--insecure-no-root", "--gateway", "ftp://x"), "is no gateway's address"),
            (("--insecure-no-root", "--gateway", "http://x:y"), "is no gateway's address"),
            (("--insecure-no-root", "--channel", "a/b"), "must not be blank or contain '/'"),
            (("--insecure-no-root", "--tolerance", "nan"), "must be finite and at least 0"),
        ):
            with self.subTest(said):
                code, _, told = self.follow(*arguments)
                self.assertEqual((1, 1), (code, len(told)), told)
                self.assertTrue(told[0].startswith("error: "), told)
                self.assertIn(said, told[0])

    def test_wants_to_be_told_whether_there_is_a_root(self) -> None:
        code, _, told = self.follow()
        self.assertEqual(2, code)
        self.assertIn("--root --insecure-no-root is required", told[-1])

    def test_says_that_nothing_is_installed(self) -> None:
        code, _, told = self.run_command("predict", "a dog")
        self.assertEqual(1, code)
        self.assertRegex("".join(told), "^error: Nothing is installed in distillstream-device/")
