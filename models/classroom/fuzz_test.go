package classroom_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"nhaso/models"
	"nhaso/models/classroom"
)

// Whatever somebody sends as a batch or carries as a file is read or refused
// with a typed reason, within its limits, and never ends the program.
func FuzzReaders(f *testing.F) {
	good := classroom.Batch{Version: 1, Laptop: models.ID{1}, Seq: 1, Facts: 1, Payload: classroom.Fold([]byte(`{"kind":"joined","joined":{}}` + "\n")), Sig: make([]byte, 64)}
	raw, err := json.Marshal(good)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(`{"v":2}`))
	f.Add([]byte("{\"nhaso\":\"classroom-results\",\"v\":1}\n{\"end\":0,\"sha256\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		typed := func(err error) {
			if err != nil && models.KindOf(err) != models.KindInvalid {
				t.Fatalf("not a reason: %v", err)
			}
		}
		b, err := classroom.ReadBatch(data)
		typed(err)
		if err == nil {
			_, err = b.Unfold()
			typed(err)
			if again, _ := json.Marshal(b); !bytes.Equal(again, bytes.TrimSpace(data)) {
				t.Fatal("a batch has one form only")
			}
		}
		_, err = classroom.ReadReceipt(data)
		typed(err)
		_, err = classroom.ReadResults(bytes.NewReader(data))
		typed(err)
		_, err = classroom.ReadKeys(bytes.NewReader(data))
		typed(err)
		folded := good
		folded.Payload = classroom.Fold(data)
		_, err = folded.Unfold()
		typed(err)
	})
}
