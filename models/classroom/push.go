package classroom

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// Carrier brings one encoded batch to the province's server and its receipt
// back. A refusal of the server comes back as the *models.Error it sent.
type Carrier interface {
	Send(ctx context.Context, server string, batch []byte) (receipt []byte, err error)
}

// PushReport says how far a push came.
type PushReport struct {
	Sent    int `json:"sent"`    // batches now known to be safe
	Waiting int `json:"waiting"` // batches that are not
}

// Push seals what is new and brings every waiting batch home, in order,
// beginning with the first that no receipt has come for: a cut costs the batch
// it hit and nothing else. Where the server was set back to a backup it asks
// for earlier ones, which are kept for two weeks. Errors: the carrier's;
// Conflict "not_enrolled", "no_server" (by file only), "batch_gone" when an
// earlier batch is asked for that is kept no more: the laptop must be enrolled
// anew, which sends everything once more.
func (c *Classroom) Push(ctx context.Context, carrier Carrier) (report PushReport, err error) {
	if _, err := c.Seal(ctx); err != nil {
		return report, err
	}
	me, err := c.self(ctx)
	if err != nil {
		return report, err
	}
	if me.Server == "" {
		return report, models.Conflict("no_server")
	}
	err = c.pushFrom(ctx, me, carrier, 0, false, &report)
	var refused *models.Error
	if errors.As(err, &refused) && refused.Code == "batch_gap" {
		expected, convErr := strconv.ParseInt(refused.Detail["expected"], 10, 64)
		if convErr == nil && expected > 0 {
			err = c.pushFrom(ctx, me, carrier, expected, true, &report)
		}
	}
	return report, errors.Join(err, c.remember(ctx, err), c.countWaiting(ctx, &report))
}

func (c *Classroom) countWaiting(ctx context.Context, report *PushReport) error {
	return c.db.Read(ctx).Raw("SELECT COUNT(*) FROM classroom_outbox WHERE acked_at IS NULL").Scan(&report.Waiting).Error
}

func (c *Classroom) pushFrom(ctx context.Context, me *identity, carrier Carrier, from int64, again bool, report *PushReport) error {
	for {
		rows, err := waiting(c.db.Read(ctx), from, again)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, r := range rows {
			if r.Body == nil {
				return models.Conflict("batch_gone")
			}
			raw, err := carrier.Send(ctx, me.Server, []byte(*r.Body))
			if err != nil {
				return err
			}
			receipt, err := ReadReceipt(raw)
			if err != nil {
				return err
			}
			if receipt.Seq != r.Seq || receipt.Hash != r.Hash {
				return models.InvalidField("receipt", "unknown_batch")
			}
			if err := c.TakeReceipt(ctx, receipt); err != nil {
				return err
			}
			report.Sent++
			from = r.Seq + 1
		}
	}
}

// remember keeps a refusal that will not go away by itself, for the teacher.
func (c *Classroom) remember(ctx context.Context, err error) error {
	code := ""
	switch models.KindOf(err) {
	case models.KindForbidden, models.KindConflict, models.KindInvalid:
		code = models.CodeOf(err)
	case "":
	default:
		return nil // the line, not the server
	}
	return c.db.Tx(ctx, func(tx *gorm.DB) error {
		me, err := readSelf(tx)
		if err != nil || me == nil || me.Refused == code {
			return err
		}
		me.Refused = code
		return c.writeSelf(tx, me)
	})
}

// How often a laptop tries to reach its server by itself.
const (
	pushEvery   = 20 * time.Second
	pushSlowest = 10 * time.Minute
)

// line is what is known of the way to the server.
type line struct {
	sync.Mutex
	carrier Carrier
	wake    chan struct{}
	lastTry time.Time
	failed  string // code of the last failure, empty: it went well
}

// Sync pushes again and again until ctx is over, more seldom while the server
// cannot be reached.
func (c *Classroom) Sync(ctx context.Context, carrier Carrier) {
	c.line.Lock()
	c.line.carrier, c.line.wake = carrier, make(chan struct{}, 1)
	wake := c.line.wake
	c.line.Unlock()
	for wait := pushEvery; ; {
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		case <-wake:
			timer.Stop()
		}
		if _, err := c.pushNow(ctx); err != nil {
			wait = min(2*wait, pushSlowest)
		} else {
			wait = pushEvery
		}
	}
}

func (c *Classroom) pushNow(ctx context.Context) (PushReport, error) {
	c.line.Lock()
	carrier := c.line.carrier
	c.line.Unlock()
	if carrier == nil {
		return PushReport{}, models.Conflict("no_server")
	}
	report, err := c.Push(ctx, carrier)
	c.line.Lock()
	defer c.line.Unlock()
	c.line.lastTry, c.line.failed = c.clock.Now(), ""
	if code := models.CodeOf(err); err != nil && code != "not_enrolled" && code != "no_server" {
		c.line.failed = code
	}
	return report, err
}

// PushNow is Push for the teacher at the laptop, who does not wait for the next
// try. Errors: as for Push; Forbidden.
func (c *Classroom) PushNow(ctx context.Context, actor models.Actor) (PushReport, error) {
	if _, err := models.Allow(actor, models.ActKeepLaptop); err != nil {
		return PushReport{}, err
	}
	return c.pushNow(ctx)
}
