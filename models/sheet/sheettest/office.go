// Package sheettest opens written tables with the program that people open them
// with: LibreOffice without its window.
package sheettest

import (
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// csvFilter asks for commas, UTF-8, cells as they are shown, the first sheet.
const csvFilter = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,1"

// Cells opens a workbook and answers its first sheet as it is shown. Without
// LibreOffice the test is skipped, or fails when NHASO_TEST_OFFICE_REQUIRED is
// set, as the test command does.
func Cells(t testing.TB, data []byte) [][]string {
	t.Helper()
	out := convert(t, data, ".xlsx", csvFilter, "csv")
	r := csv.NewReader(strings.NewReader(string(out)))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatalf("what LibreOffice wrote: %v", err)
	}
	return rows
}

// PDF prints a workbook (extension ".xlsx") or a text table (".csv") with
// LibreOffice.
func PDF(t testing.TB, data []byte, extension string) []byte {
	t.Helper()
	return convert(t, data, extension, "pdf", "pdf")
}

// convert runs the program with a profile of its own, so that tests of several
// packages do not wait for each other's lock.
func convert(t testing.TB, data []byte, extension, filter, to string) []byte {
	t.Helper()
	office, err := exec.LookPath("soffice")
	if err != nil {
		if os.Getenv("NHASO_TEST_OFFICE_REQUIRED") != "" {
			t.Fatalf("soffice is missing: scripts/setup-tests.sh installs it")
		}
		t.Skip("soffice is missing: scripts/setup-tests.sh installs it")
	}
	dir := t.TempDir()
	in := filepath.Join(dir, "in"+extension)
	if err := os.WriteFile(in, data, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--norestore",
		"--convert-to", filter, "--outdir", dir, in)
	cmd.WaitDelay = time.Second
	timer := time.AfterFunc(3*time.Minute, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("soffice: %v: %s", err, said)
	}
	matches, _ := filepath.Glob(filepath.Join(dir, "in*."+to))
	for _, name := range matches {
		if name == in && extension == "."+to {
			continue
		}
		out, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	t.Fatalf("soffice wrote no %s: %s", to, said)
	return nil
}
