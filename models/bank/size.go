package bank

import (
	"bytes"
	"encoding/binary"
	"image"
	_ "image/jpeg" // sizes of JPEG pictures
	_ "image/png"  // sizes of PNG pictures
	"math"
	"path"
	"strconv"
	"strings"

	"nhaso/curriculum"
)

// size is that of a picture in its own pixels, zero when it does not say.
type size struct{ w, h int }

// sizeOf reads the size out of a picture's head.
func sizeOf(i *curriculum.Image) size {
	switch path.Ext(i.Src) {
	case ".svg":
		return svgSize(i.Data)
	case ".webp":
		return webpSize(i.Data)
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(i.Data))
	if err != nil {
		return size{}
	}
	return size{c.Width, c.Height}
}

// svgSize takes the drawing's own coordinates: percentages of it are those of the picture.
func svgSize(data []byte) size {
	root, err := parseXML(data)
	if err != nil {
		return size{}
	}
	whole := func(s string) int {
		f, err := strconv.ParseFloat(strings.TrimSuffix(s, "px"), 64)
		if err != nil || !(f >= 1 && f <= 1e5) {
			return 0
		}
		return int(math.Round(f))
	}
	if box := strings.Fields(strings.ReplaceAll(root.at("viewBox"), ",", " ")); len(box) == 4 {
		return size{whole(box[2]), whole(box[3])}
	}
	return size{whole(root.at("width")), whole(root.at("height"))}
}

// webpSize reads the three forms of a WebP head.
func webpSize(d []byte) size {
	if len(d) < 30 {
		return size{}
	}
	switch string(d[12:16]) {
	case "VP8 ":
		return size{int(binary.LittleEndian.Uint16(d[26:]) & 0x3fff), int(binary.LittleEndian.Uint16(d[28:]) & 0x3fff)}
	case "VP8L":
		bits := binary.LittleEndian.Uint32(d[21:])
		return size{int(bits&0x3fff) + 1, int(bits>>14&0x3fff) + 1}
	case "VP8X":
		three := func(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }
		return size{three(d[24:]) + 1, three(d[27:]) + 1}
	}
	return size{}
}
