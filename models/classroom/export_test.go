package classroom

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"io"
	"time"

	"gorm.io/gorm"

	"nhaso/models/learning"
	"nhaso/models/store"
)

// ReadUnsent reads the facts that no batch carries.
func (c *Classroom) ReadUnsent(ctx context.Context) (facts []learning.Fact, err error) {
	err = c.db.Snapshot(ctx, func(tx *gorm.DB) error {
		list, err := c.readUnsent(tx)
		for _, p := range list {
			var f learning.Fact
			if err := json.Unmarshal(p.line, &f); err != nil {
				return err
			}
			facts = append(facts, f)
		}
		return err
	})
	return facts, err
}

// SignFor makes a batch of any lines with the laptop's own key, as somebody
// would who took the laptop apart.
func (c *Classroom) SignFor(ctx context.Context, seq int64, prev string, at time.Time, lines [][]byte) ([]byte, error) {
	me, err := c.self(ctx)
	if err != nil {
		return nil, err
	}
	_, raw, err := makeBatch(Version, me.Keys.signer(), me.Laptop, seq, prev, at, lines)
	return raw, err
}

// SignRaw is SignFor for a payload that is folded already.
func (c *Classroom) SignRaw(ctx context.Context, payload []byte, facts int) ([]byte, error) {
	me, err := c.self(ctx)
	if err != nil {
		return nil, err
	}
	b := &Batch{Version: Version, Laptop: me.Laptop, Seq: 1, MadeAt: c.clock.Now(), Facts: facts, Payload: payload}
	b.Sig = ed25519.Sign(me.Keys.signer(), b.signed())
	return json.Marshal(b)
}

// Unfold reads the facts of a batch, for the fuzz.
func (b *Batch) Unfold() ([]learning.Fact, error) { return b.facts() }

// ReadResults reads a results file, for the fuzz.
func ReadResults(r io.Reader) ([][]byte, error) { return readFile(r, fileResults) }

// Fold makes a payload, for the fuzz.
func Fold(text []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(text)
	_ = z.Close()
	return out.Bytes()
}

// CopyResults writes the results of another laptop's database into this one's,
// as if this one had been set up from a copy of it.
func (c *Classroom) CopyResults(ctx context.Context, from *store.DB) error {
	return c.db.Tx(ctx, func(tx *gorm.DB) error {
		for _, t := range []store.Copy{
			{Table: "lesson_sessions", Key: []string{"id"}, Columns: "id:id class_id:id course_key:text code:text opened_by:id opened_at:time closes_at:time closed_at:time released_at:time"},
			{Table: "session_participants", Key: []string{"session_id", "person_id"}, Columns: "session_id:id person_id:id joined_at:time"},
			{Table: "practice_answers", Key: []string{"id"}, Columns: "id:id person_id:id course_key:text question_hash:text miss:int score:int answered_at:time given:text"},
			{Table: "attempts", Key: []string{"id"}, Columns: "id:id person_id:id course_key:text course_hash:text session_id:id items:text slots:int position:int state:text live:int started_at:time deadline_at:time submitted_at:time closed_by:text score:int passed:int result:text result_hash:text"},
			{Table: "answers", Key: []string{"attempt_id", "seq"}, Columns: "attempt_id:id seq:int slot:int response:text client_at:time saved_at:time"},
		} {
			rows, err := store.Dump(from.Read(ctx), t)
			if err != nil {
				return err
			}
			if err := store.Load(tx, t, rows); err != nil {
				return err
			}
		}
		return nil
	})
}

// WithoutMember seals a pack anew without one member of its content, as a
// server of an older program would have made it.
func WithoutMember(pack []byte, server, laptop *Classroom, member string) ([]byte, error) {
	ctx := context.Background()
	p, err := readPack(bytes.NewReader(pack))
	if err != nil {
		return nil, err
	}
	me, err := laptop.self(ctx)
	if err != nil {
		return nil, err
	}
	inside := map[string]json.RawMessage{}
	if err := p.open(me.Keys, &inside); err != nil {
		return nil, err
	}
	delete(inside, member)
	key, err := server.key(ctx)
	if err != nil {
		return nil, err
	}
	box, err := me.Keys.box()
	if err != nil {
		return nil, err
	}
	return p.seal(inside, box.PublicKey().Bytes(), key)
}
