// Package data holds the area data of the project; SOURCES.md says where each
// file comes from and under which licence.
package data

import "embed"

// FS holds the CSV files of this folder.
//
//go:embed *.csv
var FS embed.FS
