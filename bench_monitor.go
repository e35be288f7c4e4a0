package main

import (
	"database/sql"
	"fmt"
	"time"
)

// watchedPupils is the size of the figure's name: what so many pupils ask of a
// server that is watched, at one pulse in 30 seconds each.
const watchedPupils = 1000

// pulse compares a pupil's sign of life in a watched lesson (where the pupil
// stands is read, the sign goes into memory and is written with all others) with
// one bare transaction that writes the same row.
func (b *bench) pulse(c *benchClass, name string) error {
	watching, err := c.house.Learning.Watch(b.ctx, c.Teacher, c.Session.ID)
	if err != nil {
		return err
	}
	defer watching.Stop()
	ours := func(_, n int) error {
		_, err := c.house.Learning.Pulse(b.ctx, c.Pupils[n%len(c.Pupils)].Actor(), 0)
		return err
	}
	floor := func(_, n int) error {
		person := c.Pupils[n%len(c.Pupils)].Person
		return bareTx(b.ctx, c.pool, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(b.ctx, "UPDATE session_participants SET seen_at = ? WHERE session_id = ? AND person_id = ?",
				b.clock.Now(), c.Session.ID[:], person[:])
			return err
		})
	}
	value, base, err := b.versus(benchClients, ours, floor)
	if err != nil {
		return err
	}
	need := float64(watchedPupils) / (30 * time.Second).Seconds()
	b.add(benchResult{Name: name, Value: value, Floor: base, Unit: "pulses/s",
		Note: fmt.Sprintf("a class of %d watched live; %d pupils need %.0f a second (%.2f %% of this); floor: one bare transaction that writes the row",
			len(c.Pupils), watchedPupils, need, 100*need/value)})
	return nil
}
