package learning

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"

	"nhaso/models"
)

// A pupil whose network does not come back can save the quiz as a file and give
// it to the teacher, who hands it in. The file holds the pupil's own answers
// and nothing else of the quiz; the seal, which the server gave out with the
// attempt, says for which attempt and pupil it was made, so that nobody can
// hand in a file for somebody else.

// LateFile is such a file as it was read.
type LateFile struct {
	AttemptID models.ID
	Seal      string
	LateBatch
}

// seal is the mark that the server gives with an attempt.
func (l *Learning) seal(f *frozen) string {
	mac := hmac.New(sha256.New, l.secret)
	mac.Write([]byte("attempt file"))
	mac.Write(f.ID[:])
	mac.Write(f.Person[:])
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// HandIn is SendLate by the teacher of the lesson session, with a pupil's file.
// Errors: NotFound for a session out of reach and for an attempt that was not
// made in it; Invalid field body.seal when the file was not made for this
// attempt; else as for SendLate.
func (l *Learning) HandIn(ctx context.Context, actor models.Actor, session models.ID, file LateFile) (LateReport, error) {
	if _, err := sessionFor(l.db.Read(ctx), actor, models.ActTeach, session); err != nil {
		return LateReport{}, err
	}
	f, err := l.anyAttempt(ctx, file.AttemptID)
	if err != nil {
		return LateReport{}, err
	}
	if f.Session != session {
		return LateReport{}, models.NotFound()
	}
	if !hmac.Equal([]byte(l.seal(f)), []byte(file.Seal)) {
		return LateReport{}, models.InvalidField("body.seal", "invalid")
	}
	return l.takeLate(ctx, f, actor.Account, file.LateBatch)
}
