package certificate

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"nhaso/models"
)

// What a pass of rule 1 was hashed over when it was written, letter by letter.
func TestOldPassHashesStand(t *testing.T) {
	p := Pass{
		PersonID: models.ID{1}, Seq: 3, Skill: "online_payment", RuleVersion: 1, AttemptID: models.ID{2}, SessionID: models.ID{3},
		CourseKey: "online_payment-thcs", CourseHash: "c", AttemptHash: "a", Score: 8000,
		PassedAt: time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC),
	}
	sum := sha256.Sum256([]byte(`{"Person":"01000000-0000-0000-0000-000000000000","Skill":"online_payment",` +
		`"Attempt":"02000000-0000-0000-0000-000000000000","Session":"03000000-0000-0000-0000-000000000000",` +
		`"CourseKey":"online_payment-thcs","CourseHash":"c","AttemptHash":"a","At":"2026-11-23T01:00:00Z","Seq":3,"Rule":1,"Score":8000}`))
	assert.Equal(t, hex.EncodeToString(sum[:]), p.digest())
	p.ScenarioRunID = models.ID{4}
	assert.NotEqual(t, hex.EncodeToString(sum[:]), p.digest())
}
