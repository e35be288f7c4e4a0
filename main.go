// Nhà Số: courses, practice and quizzes in the five basic digital skills, and
// the coverage of households that follows from them. See README.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"nhaso/api"
	"nhaso/models"
)

// Version is set at link time by a release build.
var Version = "dev"

// The exit codes scripts rely on.
const (
	exitOK     = 0
	exitFailed = 1 // the work could not be done, or a check found something
	exitUsage  = 2 // the words of the call are wrong
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// cli is the whole command line; the names are fixed because scripts rely on
// them.
type cli struct {
	Demo       demoCmd          `cmd:"" help:"Start the server with an embedded database and a demo province, and print one sign-in per role."`
	Serve      serveCmd         `cmd:"" help:"Start the server. Migrates itself on SQLite; on MySQL it refuses to run behind the schema."`
	Migrate    migrateCmd       `cmd:"" help:"Bring the database schema up to this program's version."`
	Seed       seedCmd          `cmd:"" help:"Load area data and courses; make the first administrator; or fill a demo province."`
	Import     importCmd        `cmd:"" help:"Import households, a roster or villages from a CSV or XLSX file."`
	Export     exportCmd        `cmd:"" help:"Write data for other programs."`
	Coverage   coverageCmd      `cmd:"" help:"Fold the ledger, rebuild the counters, or verify every number."`
	Audit      auditCmd         `cmd:"" help:"Verify the record of sensitive actions; print the digests of finished days."`
	Quality    qualityCmd       `cmd:"" help:"What does not look ordinary in the data: run the checks, load their limits."`
	Signoff    signoffCmd       `cmd:"" help:"Months: who approved, lock, unlock, verify."`
	Retention  retentionCmd     `cmd:"" help:"Erase detailed logs whose time is over; certificates and figures stay."`
	Curriculum curriculumCmd    `cmd:"" help:"Check or publish the course content."`
	Classroom  classroomCmd     `cmd:"" help:"A lesson on one laptop without the internet: run it, enrol it, bring its results home."`
	Questions  questionsCmd     `cmd:"" help:"Import or export questions: GIFT, Moodle XML, QTI packages."`
	Rules      rulesCmd         `cmd:"" help:"List the rules of the \"Giấy xác nhận hoàn thành\" or set from when one decides."`
	Badge      badgeCmd         `cmd:"" help:"Check a digital badge without a network."`
	Openapi    openapiCmd       `cmd:"" name:"openapi" help:"Print the OpenAPI 3.1 document of the API."`
	Ready      readyCmd         `cmd:"" help:"Measure this machine and say how many pupils at once it carries."`
	Todo       todoCmd          `cmd:"" help:"Load the seasonal to-do list of schools from a file."`
	Bench      benchCmd         `cmd:"" help:"Measure against floors taken in the same run."`
	Backup     backupCmd        `cmd:"" help:"Write a consistent copy of the embedded database while the server runs."`
	Keys       keysCmd          `cmd:"" help:"Rotate the keys that sign access tokens and digital badges."`
	Health     healthCmd        `cmd:"" help:"Ask the running server whether it is ready (for container health checks)."`
	Version    kong.VersionFlag `help:"Print the version."`
}

// app is what every command gets.
type app struct {
	ctx    context.Context
	cfg    Config
	clock  models.Clock
	stdout io.Writer
	stderr io.Writer
	away   *api.Away // of a classroom laptop only
}

// exitPanic carries kong's wish to exit (after --help) out of its callbacks.
type exitPanic int

func run(ctx context.Context, args []string, lookup func(string) (string, bool), stdout, stderr io.Writer) (code int) {
	defer func() {
		if r := recover(); r != nil {
			exit, ok := r.(exitPanic)
			if !ok {
				panic(r)
			}
			code = int(exit)
		}
	}()
	parser, err := kong.New(&cli{}, kong.Name("nhaso"),
		kong.Description("Nhà Số: five digital skills in every household."),
		kong.Writers(stdout, stderr), kong.Exit(func(n int) { panic(exitPanic(n)) }),
		kong.Vars{"version": Version}, kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(stderr, "nhaso:", err)
		return exitFailed
	}
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "nhaso: %v; see nhaso --help\n", err)
		return exitUsage
	}
	cfg, err := LoadConfig(lookup)
	if err != nil {
		fmt.Fprintln(stderr, "nhaso:", err)
		return exitUsage
	}
	err = command.Run(&app{ctx: ctx, cfg: cfg, clock: models.SystemClock(), stdout: stdout, stderr: stderr})
	return exitCode(stderr, err)
}

// errSilent ends a command with exit code 1 after it has said why itself.
var errSilent = errors.New("failed")

func exitCode(stderr io.Writer, err error) int {
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errSilent):
		return exitFailed
	case errors.As(err, &usage):
		fmt.Fprintln(stderr, "nhaso:", err)
		return exitUsage
	}
	fmt.Fprintln(stderr, "nhaso:", err)
	return exitFailed
}

// usageError is a wrong call that only the command itself can see.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }
