package curriculum

import (
	"embed"
	"io/fs"
)

//go:embed all:content
var files embed.FS

// Content returns the course files that ship with the program, with the skills as top-level folders.
func Content() fs.FS {
	sub, err := fs.Sub(files, "content")
	if err != nil {
		panic("curriculum: the embedded folder is named in the directive above: " + err.Error())
	}
	return sub
}
