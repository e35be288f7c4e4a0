// Package frontend carries the built web app inside the program.
//
// The build output lives in dist, which is not committed: only its .gitkeep is,
// so that the Go program also compiles when Node has never run.
package frontend

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var files embed.FS

// Dist returns the root of the built web app (index.html, csp.json, _app/…),
// or a file system holding only .gitkeep when the web app was not built.
// Beside each compressible file stand its .br and .gz forms.
func Dist() fs.FS {
	sub, err := fs.Sub(files, "dist")
	if err != nil {
		// "dist" is a constant, valid path of the embedded tree: fs.Sub cannot refuse it.
		panic(err)
	}
	return sub
}

// Built reports whether the web app was built before the program was compiled.
func Built() bool {
	_, err := fs.Stat(Dist(), "index.html")
	return err == nil
}
