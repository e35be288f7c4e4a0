package classroom

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"

	"nhaso/models"
)

// The files that a USB stick carries. Each is lines of JSON: a head that says
// what it is, one line a piece, an end that counts them and sums them up, so
// that a file that was cut off is never taken for a short one.
const (
	fileResults  = "classroom-results"
	fileReceipts = "classroom-receipts"
)

type fileHead struct {
	What    string `json:"nhaso"`
	Version int    `json:"v"`
}

type fileEnd struct {
	End    int    `json:"end"`
	SHA256 string `json:"sha256"`
}

// writeFile writes pieces that are each one line.
func writeFile(w io.Writer, what string, pieces [][]byte) error {
	sum := sha256.New()
	out := bufio.NewWriter(w)
	line := func(raw []byte) error {
		_, err := out.Write(append(raw[:len(raw):len(raw)], '\n'))
		return err
	}
	head, err := json.Marshal(fileHead{what, Version})
	if err != nil {
		return err
	}
	if err := line(head); err != nil {
		return err
	}
	for _, raw := range pieces {
		addLine(sum, raw)
		if err := line(raw); err != nil {
			return err
		}
	}
	end, err := json.Marshal(fileEnd{len(pieces), fmt.Sprintf("%x", sum.Sum(nil))})
	if err != nil {
		return err
	}
	if err := line(end); err != nil {
		return err
	}
	return out.Flush()
}

func addLine(sum hash.Hash, raw []byte) {
	sum.Write(raw)
	sum.Write([]byte("\n"))
}

// readFile reads the pieces of a file of the kind what, all or none. Errors
// are Invalid at "file" or "file.line[n]" (from 1): "not_this_file",
// "future_version", "cut_off", "altered", "too_long", "too_many".
func readFile(r io.Reader, what string) ([][]byte, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	first, err := readLine(in)
	var head fileHead
	if err != nil || json.Unmarshal(first, &head) != nil || head.What != what {
		return nil, models.InvalidField("file", "not_this_file")
	}
	if head.Version != Version {
		return nil, models.InvalidField("file.line[1]", "future_version")
	}
	sum := sha256.New()
	var pieces [][]byte
	for n := 2; ; n++ {
		at := fmt.Sprintf("file.line[%d]", n)
		raw, err := readLine(in)
		switch {
		case errors.Is(err, bufio.ErrTooLong):
			return nil, models.InvalidField(at, "too_long")
		case err != nil:
			return nil, models.InvalidField(at, "cut_off")
		case bytes.HasPrefix(raw, []byte(`{"end":`)):
			var end fileEnd
			if json.Unmarshal(raw, &end) != nil || end.End != len(pieces) || end.SHA256 != fmt.Sprintf("%x", sum.Sum(nil)) {
				return nil, models.InvalidField(at, "altered")
			}
			return pieces, nil
		case len(pieces) == maxBatches:
			return nil, models.InvalidField(at, "too_many")
		}
		addLine(sum, raw)
		pieces = append(pieces, raw)
	}
}

// readLine reads one whole line, without its end. A line that does not end is
// io.ErrUnexpectedEOF.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, more, err := in.ReadLine()
		if err != nil {
			return nil, io.ErrUnexpectedEOF
		}
		line = append(line, part...)
		if len(line) > maxBatch {
			return nil, bufio.ErrTooLong
		}
		if !more {
			return line, nil
		}
	}
}
