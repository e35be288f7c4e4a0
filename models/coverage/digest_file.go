package coverage

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"nhaso/models"
)

// A digest's file is text: the digest as JSON in the first line and, in a whole
// file, a line for every subject after it: id, number and hash of its last row.

// maxDigestFile bounds what is read of a file: 30 million subjects.
const maxDigestFile = 4 << 30

// WriteDigest writes a digest's file. whole adds a line for every subject, so
// that a check can name the one that was altered even when its chain was made
// anew; the file grows by about 110 bytes a household.
func (c *Coverage) WriteDigest(ctx context.Context, w io.Writer, d Digest, whole bool) error {
	out := bufio.NewWriter(w)
	line, err := json.Marshal(d)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s\n", line)
	if whole {
		err := c.db.Snapshot(ctx, func(tx *gorm.DB) error {
			_, err := measure(tx, d.Batch, nil, func(h Head) { fmt.Fprintf(out, "%s %d %s\n", h.SubjectID, h.Seq, h.Hash) })
			return err
		})
		if err != nil {
			return err
		}
	}
	return out.Flush()
}

// ReadDigest reads a digest's file. The error is Invalid "broken_digest" with
// the number of the line, also for a file whose content is not that of its own
// root.
func ReadDigest(r io.Reader) (Digest, []Head, error) {
	lines := bufio.NewScanner(io.LimitReader(r, maxDigestFile))
	lines.Buffer(make([]byte, 64<<10), 1<<20)
	broken := func(n int) error { return models.Invalid("broken_digest").With("line", strconv.Itoa(n)) }
	if !lines.Scan() {
		return Digest{}, nil, broken(1)
	}
	var d Digest
	from := json.NewDecoder(bytes.NewReader(lines.Bytes()))
	from.DisallowUnknownFields()
	if from.Decode(&d) != nil || len(d.Buckets) != buckets || d.root() != d.Root {
		return Digest{}, nil, broken(1)
	}
	if _, err := models.ParseDay(d.Day); err != nil {
		return Digest{}, nil, broken(1)
	}
	var heads []Head
	g := newDigester(nil)
	for n := 2; lines.Scan(); n++ {
		h, ok := readHead(lines.Text())
		if !ok || len(heads) > 0 && bytes.Compare(heads[len(heads)-1].SubjectID[:], h.SubjectID[:]) >= 0 {
			return Digest{}, nil, broken(n)
		}
		heads = append(heads, h)
		g.take(row{SubjectID: h.SubjectID, Seq: h.Seq, Hash: h.Hash})
	}
	if lines.Err() != nil {
		return Digest{}, nil, broken(len(heads) + 2)
	}
	if len(heads) > 0 {
		if own := g.end(); strings.Join(own.Buckets, ",") != strings.Join(d.Buckets, ",") || own.Subjects != d.Subjects {
			return Digest{}, nil, broken(2)
		}
	}
	return d, heads, nil
}

func readHead(line string) (Head, bool) {
	parts := strings.Split(line, " ")
	if len(parts) != 3 || len(parts[2]) != 64 {
		return Head{}, false
	}
	id, err := models.ParseID(parts[0])
	seq, err2 := strconv.Atoi(parts[1])
	return Head{id, seq, parts[2]}, err == nil && err2 == nil && seq > 0
}
