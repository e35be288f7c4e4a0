package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/boombuler/barcode/qr"

	"nhaso/api"
	"nhaso/frontend"
	"nhaso/models"
	"nhaso/models/classroom"
	"nhaso/models/store"
	"nhaso/seeds"
)

// classroomCmd is a lesson on one laptop. The first six are run on the laptop,
// apply and laptops on the province's server.
type classroomCmd struct {
	Run            classroomRunCmd      `cmd:"" default:"withargs" help:"Serve the class from this laptop; no internet is needed."`
	Enrol          classroomEnrolCmd    `cmd:"" help:"Enrol this laptop: with a code over the network, or save the request file."`
	Push           classroomPushCmd     `cmd:"" help:"Bring the results home over the network now."`
	Export         classroomExportCmd   `cmd:"" help:"Save the results that are not known to be safe to a file."`
	ImportReceipts classroomReceiptsCmd `cmd:"" name:"import-receipts" help:"Take the receipts file that came back."`
	Status         classroomStatusCmd   `cmd:"" help:"Whose results are safe."`
	Apply          classroomApplyCmd    `cmd:"" help:"On the server: take a results file."`
	Laptops        classroomLaptopsCmd  `cmd:"" help:"On the server: list or revoke laptops."`
}

// laptopFlags are those of every command that is run on the laptop.
type laptopFlags struct {
	DataDir string `help:"Folder of this laptop's data." placeholder:"DIR"`
}

// laptop opens the laptop's own database, always an embedded one.
func (f laptopFlags) laptop(a *app) (*seeds.House, error) {
	if f.DataDir != "" {
		a.cfg.DataDir = f.DataDir
	}
	a.cfg.DatabaseURL = "sqlite:" + filepath.Join(a.cfg.DataDir, "classroom.db")
	db, err := a.openCurrent()
	if err != nil {
		return nil, err
	}
	house, err := a.wireAs(db, true)
	if err != nil {
		db.Close()
		return nil, err
	}
	if err := house.Certificates.EnsureRules(a.ctx); err != nil {
		db.Close()
		return nil, err
	}
	return house, nil
}

type classroomRunCmd struct {
	laptopFlags
	Pack string `help:"Class pack to load first." placeholder:"FILE"`
	Port int    `help:"Port of the room's network; default that of NHASO_ADDR."`
}

// Run serves the class until it is told to stop, and brings results home
// whenever the server can be reached.
func (c *classroomRunCmd) Run(a *app) error {
	logToStdout(io.Discard)
	house, err := c.laptop(a)
	if err != nil {
		return err
	}
	defer house.DB.Close()
	if c.Pack != "" {
		if err := loadPackFile(a, house, c.Pack); err != nil {
			return err
		}
	}
	if _, err := house.Classroom.Prepare(a.ctx); err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(a.cfg.Addr)
	if err != nil {
		return usageError{"NHASO_ADDR is not host:port"}
	}
	if c.Port > 0 {
		port = fmt.Sprint(c.Port)
	}
	a.cfg.Addr = net.JoinHostPort(host, port)
	line := &provinceLine{room: house.Classroom}
	a.away = &api.Away{Addresses: func() []string { return lanAddresses(host, port) }, Line: line}
	go house.Classroom.Sync(a.ctx, line)
	go endPacks(a, house)
	return a.serve(house, func(addr string) { c.welcome(a, house, addr) })
}

func loadPackFile(a *app, house *seeds.House, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := house.Classroom.Prepare(a.ctx); err != nil {
		return err
	}
	report, err := house.Classroom.LoadPack(a.ctx, f)
	if err != nil {
		return fmt.Errorf("class pack: %w", err)
	}
	fmt.Fprintf(a.stdout, "%s, %s: %d pupils, good until %s\n", report.School, classNames(report.Classes), report.Pupils, models.Day(report.ExpiresAt))
	return nil
}

func classNames(list []classroom.LaptopClass) string {
	names := make([]string, len(list))
	for i, c := range list {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

// welcome prints where the class finds the laptop.
func (c *classroomRunCmd) welcome(a *app, house *seeds.House, addr string) {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		port = "8080"
	}
	fmt.Fprintf(a.stdout, "\nNhà Số – lớp học trên một máy\n\nOn this laptop: http://localhost:%s/classroom\n", port)
	addresses := a.away.Addresses()
	for _, at := range addresses {
		fmt.Fprintln(a.stdout, "In the room:    "+at)
	}
	if len(addresses) > 0 {
		drawQR(a.stdout, addresses[0])
	} else {
		fmt.Fprintln(a.stdout, "This laptop is in no network yet: switch its hotspot on, or join the school's Wi-Fi.")
	}
	here, err := house.Classroom.HereOn(a.ctx, nil)
	switch {
	case err != nil:
		slog.Warn("classroom", "error", err)
	case !here.Ready:
		fmt.Fprintln(a.stdout, "No class pack is loaded: open the page above on this laptop.")
	default:
		fmt.Fprintf(a.stdout, "%s, %s: %d pupils\n", here.School, classNames(here.Classes), here.Pupils)
	}
	fmt.Fprintln(a.stdout, "Ctrl+C stops it. Nothing that was answered is lost.")
	if !frontend.Built() {
		fmt.Fprintln(a.stdout, "The web app is not built into this program.")
	}
}

// drawQR draws a code of half blocks, two rows a line, with a quiet zone.
func drawQR(w io.Writer, text string) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return // the address stands above in letters
	}
	size := code.Bounds().Dx()
	dark := func(x, y int) bool {
		if x < 0 || y < 0 || x >= size || y >= size {
			return false
		}
		r, _, _, _ := code.At(x, y).RGBA()
		return r == 0
	}
	for y := -2; y < size+2; y += 2 {
		line := ""
		for x := -2; x < size+2; x++ {
			line += map[[2]bool]string{{false, false}: "█", {false, true}: "▀", {true, false}: "▄", {true, true}: " "}[[2]bool{dark(x, y), dark(x, y+1)}]
		}
		fmt.Fprintln(w, line)
	}
}

// lanAddresses lists under what addresses the room reaches this laptop: those
// of private networks first. On a loopback host there is only that one.
func lanAddresses(host, port string) []string {
	if ip := net.ParseIP(host); ip != nil && !ip.IsUnspecified() {
		return []string{"http://" + net.JoinHostPort(host, port)}
	}
	found, err := net.InterfaceAddrs()
	if err != nil {
		return []string{}
	}
	list := []string{}
	for _, private := range []bool{true, false} {
		for _, a := range found {
			n, ok := a.(*net.IPNet)
			if ok && n.IP.To4() != nil && !n.IP.IsLoopback() && !n.IP.IsLinkLocalUnicast() && n.IP.IsPrivate() == private {
				list = append(list, "http://"+net.JoinHostPort(n.IP.String(), port))
			}
		}
	}
	return slices.Compact(list)
}

type classroomEnrolCmd struct {
	laptopFlags
	Server string `help:"Address of the province's server, with --code."`
	Code   string `help:"The code that the province's page shows."`
	File   string `help:"Save the request file here instead, for a laptop without a network." placeholder:"FILE"`
	JSON   bool   `help:"Print the result as JSON."`
}

// Run enrols the laptop.
func (c *classroomEnrolCmd) Run(a *app) error {
	if (c.File == "") == (c.Server == "" || c.Code == "") {
		return usageError{"give --server and --code, or --file"}
	}
	house, err := c.laptop(a)
	if err != nil {
		return err
	}
	defer house.DB.Close()
	if c.File != "" {
		return saveRequest(a, house, c.File)
	}
	line := &provinceLine{room: house.Classroom}
	if err := line.Enrol(a.ctx, c.Server, c.Code); err != nil {
		return err
	}
	report, err := line.FetchPack(a.ctx)
	if err != nil {
		return err
	}
	return a.print(c.JSON, report, func(w io.Writer) {
		fmt.Fprintf(w, "enrolled: %s, %s, %d pupils\n", report.School, classNames(report.Classes), report.Pupils)
	})
}

type classroomPushCmd struct {
	laptopFlags
	JSON bool `help:"Print the result as JSON."`
}

// Run brings the waiting batches home.
func (c *classroomPushCmd) Run(a *app) error {
	house, err := c.laptop(a)
	if err != nil {
		return err
	}
	defer house.DB.Close()
	report, err := house.Classroom.Push(a.ctx, &provinceLine{room: house.Classroom})
	return errors.Join(err, a.print(c.JSON, report, func(w io.Writer) {
		fmt.Fprintf(w, "%d batches are safe now, %d wait\n", report.Sent, report.Waiting)
	}))
}

// onServer opens the province's database for a command of the operator.
func onServer(a *app) (*seeds.House, error) {
	if !store.Exists(a.cfg.DatabaseURL) {
		return nil, errors.New("there is no database here; this command is for the province's server")
	}
	return a.existing()
}
