package classroom

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/learning"
	"nhaso/models/store"
)

// unsent lists the facts of this laptop that no batch carries yet, or not as
// they are now, in the order in which they must be taken.
func unsent(tx *gorm.DB) ([]learning.FactMark, error) {
	marks, err := learning.FactMarks(tx)
	if err != nil {
		return nil, err
	}
	var rows []struct{ Kind, FactKey, Mark string }
	if err := tx.Raw("SELECT kind, fact_key, mark FROM classroom_sent").Scan(&rows).Error; err != nil {
		return nil, err
	}
	sent := make(map[string]string, len(rows))
	for _, r := range rows {
		sent[r.Kind+" "+r.FactKey] = r.Mark
	}
	list := marks[:0]
	for _, m := range marks {
		if sent[m.Kind+" "+m.Key] != m.Mark {
			list = append(list, m)
		}
	}
	return list, nil
}

// markSent writes down which batch carries a fact; 0 for what came with a pack.
func markSent(tx *gorm.DB, m learning.FactMark, seq int64) error {
	res := tx.Exec("UPDATE classroom_sent SET mark = ?, seq = ? WHERE kind = ? AND fact_key = ?", m.Mark, seq, m.Kind, m.Key)
	if res.Error != nil || res.RowsAffected > 0 {
		return res.Error
	}
	return tx.Exec("INSERT INTO classroom_sent (kind, fact_key, mark, seq, person_id) VALUES (?, ?, ?, ?, ?)", m.Kind, m.Key, m.Mark, seq, m.Person).Error
}

// Seal puts everything that no batch carries yet into new batches, each in a
// transaction of its own, and answers how many it made. Nothing is asked of
// pupils' writes: what is on the laptop's disk is found here, so an answer
// that was acknowledged cannot miss the way home.
func (c *Classroom) Seal(ctx context.Context) (made int, err error) {
	c.sealing.Lock()
	defer c.sealing.Unlock()
	me, err := c.self(ctx)
	if err != nil {
		return 0, err
	}
	if me.Laptop.IsZero() {
		return 0, models.Conflict("not_enrolled")
	}
	var facts []packed
	err = c.db.Snapshot(ctx, func(tx *gorm.DB) error {
		facts, err = c.readUnsent(tx)
		return err
	})
	for err == nil && len(facts) > 0 {
		n, size := 0, 0
		for n < len(facts) && n < maxFacts && (n == 0 || size+len(facts[n].line) < sealBytes) {
			size += len(facts[n].line) + 1
			n++
		}
		err = c.db.Tx(ctx, func(tx *gorm.DB) error { return c.sealOne(tx, me, facts[:n]) })
		if store.IsDuplicate(err) {
			return made, models.Fail(models.KindUnavailable, "busy") // another program seals at this moment
		}
		if err == nil {
			facts, made = facts[n:], made+1
		}
	}
	return made, err
}

// packed is a fact with its one line.
type packed struct {
	mark learning.FactMark
	line []byte
}

func (c *Classroom) readUnsent(tx *gorm.DB) ([]packed, error) {
	marks, err := unsent(tx)
	if err != nil {
		return nil, err
	}
	var list []packed
	for _, m := range marks {
		f, err := c.learning.ReadFact(tx, m)
		if err != nil {
			return nil, err
		}
		line, err := json.Marshal(f)
		if err != nil {
			return nil, err
		}
		list = append(list, packed{m, line})
	}
	return list, nil
}

// sealOne writes one batch with the number after the last.
func (c *Classroom) sealOne(tx *gorm.DB, me *identity, facts []packed) error {
	var last []struct {
		Seq  int64
		Hash string
	}
	if err := tx.Raw("SELECT seq, hash FROM classroom_outbox ORDER BY seq DESC LIMIT 1").Scan(&last).Error; err != nil {
		return err
	}
	seq, prev := int64(1), ""
	if len(last) > 0 {
		seq, prev = last[0].Seq+1, last[0].Hash
	}
	lines := make([][]byte, len(facts))
	for i, f := range facts {
		lines[i] = f.line
	}
	now := c.clock.Now()
	version := Version
	for _, f := range facts {
		version = max(version, learning.KindVersion(f.mark.Kind))
	}
	b, raw, err := makeBatch(version, me.Keys.signer(), me.Laptop, seq, prev, now, lines)
	if err != nil {
		return err
	}
	err = tx.Exec("INSERT INTO classroom_outbox (seq, hash, facts, body, made_at) VALUES (?, ?, ?, ?, ?)", seq, b.Hash(), b.Facts, string(raw), now).Error
	if err != nil {
		return err
	}
	for _, f := range facts {
		if err := markSent(tx, f.mark, seq); err != nil {
			return err
		}
	}
	return nil
}

// outboxRow is a batch on the laptop.
type outboxRow struct {
	Seq     int64
	Hash    string
	Facts   int
	Body    *string
	AckedAt *time.Time
}

// waiting lists the batches from a number on that are not known to be safe, or
// all that are kept where again says so.
func waiting(tx *gorm.DB, from int64, again bool) ([]outboxRow, error) {
	sql := "SELECT seq, hash, facts, body, acked_at FROM classroom_outbox WHERE seq >= ? AND acked_at IS NULL ORDER BY seq LIMIT 100"
	if again {
		sql = "SELECT seq, hash, facts, body, acked_at FROM classroom_outbox WHERE seq >= ? ORDER BY seq LIMIT 100"
	}
	var rows []outboxRow
	err := tx.Raw(sql, from).Scan(&rows).Error
	return rows, err
}

// Export writes the file of all batches that are not known to be safe, and
// answers how many they are. Errors: Conflict "nothing_to_send".
func (c *Classroom) Export(ctx context.Context, w io.Writer) (batches int, err error) {
	if _, err := c.Seal(ctx); err != nil {
		return 0, err
	}
	var pieces [][]byte
	for from := int64(0); ; {
		rows, err := waiting(c.db.Read(ctx), from, false)
		if err != nil {
			return 0, err
		}
		if len(rows) == 0 {
			break
		}
		for _, r := range rows {
			if r.Body != nil {
				pieces = append(pieces, []byte(*r.Body))
			}
			from = r.Seq + 1
		}
	}
	if len(pieces) == 0 {
		return 0, models.Conflict("nothing_to_send")
	}
	return len(pieces), writeFile(w, fileResults, pieces)
}

// TakeReceipt marks a batch as safe, and every one before it, on the server's
// signed word and on nothing else. A repeat changes nothing. Errors: Invalid
// "receipt" with "bad_signature", "other_laptop", "unknown_batch".
func (c *Classroom) TakeReceipt(ctx context.Context, r *Receipt) error {
	me, err := c.self(ctx)
	if err != nil {
		return err
	}
	switch {
	case !r.verify(me.ServerKey):
		return models.InvalidField("receipt", "bad_signature")
	case r.Laptop != me.Laptop:
		return models.InvalidField("receipt", "other_laptop")
	}
	skipped, err := json.Marshal(r.Skipped)
	if err != nil {
		return err
	}
	return c.db.Tx(ctx, func(tx *gorm.DB) error {
		now := c.clock.Now()
		// The hash of a batch holds that of the one before: they are safe together.
		err := store.One(tx.Exec("UPDATE classroom_outbox SET acked_at = COALESCE(acked_at, ?), skipped = ? WHERE seq = ? AND hash = ?",
			now, string(skipped), r.Seq, r.Hash), models.InvalidField("receipt", "unknown_batch"))
		if err != nil {
			return err
		}
		if err := tx.Exec("UPDATE classroom_outbox SET acked_at = ? WHERE seq < ? AND acked_at IS NULL", now, r.Seq).Error; err != nil {
			return err
		}
		// What is safe is kept for a while, so that the outbox does not grow for ever.
		return tx.Exec("UPDATE classroom_outbox SET body = NULL WHERE acked_at < ? AND body IS NOT NULL", now.Add(-keepAcked)).Error
	})
}

// ImportReceipts takes the file that came back from the server and answers how
// many receipts it held.
func (c *Classroom) ImportReceipts(ctx context.Context, r io.Reader) (int, error) {
	pieces, err := readFile(r, fileReceipts)
	if err != nil {
		return 0, err
	}
	list := make([]*Receipt, len(pieces))
	for i, raw := range pieces {
		if list[i], err = ReadReceipt(raw); err != nil {
			return 0, inLine(err, i)
		}
	}
	for i, r := range list {
		if err := c.TakeReceipt(ctx, r); err != nil {
			return i, inLine(err, i)
		}
	}
	return len(list), nil
}
