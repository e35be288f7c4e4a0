// Package consent keeps what a child and the child's guardian agreed to, and
// decides from it whether a pupil's name may be shown outside the school.
//
// Events are appended and never changed. Their sum stands in one row for each
// person and kind, written in the transaction of the event, so that what reads
// names asks one small table and a withdrawal holds from the next request on.
// Nothing here touches a household or a count: a name that is withheld leaves
// the household's status as it is, because a count names nobody.
//
// The law names both the child (from seven) and the guardian; which ages and
// which words are data with versions, in texts.json. Ages are reckoned when a
// name is asked for: birthdays and mended birth dates need no second writing.
package consent

import (
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// The kinds: what one can agree to.
const (
	AreaNames  = "area_names"  // the name at the household, for commune, team and department
	PublicPage = "public_page" // the shortened name on the page that checks a confirmation

	// HelpNeighbours: the team of the village may ask whether the pupil comes along
	// to a neighbour. Somebody under eighteen and the guardian both say yes.
	HelpNeighbours = "help_neighbours"
)

// The parties, acts and channels of an event.
const (
	Child    = "child"
	Guardian = "guardian"

	Granted   = "grant"
	Withdrawn = "withdraw"

	ChannelPaper    = "paper"     // a signed form
	ChannelInPerson = "in_person" // said to whoever records it
	ChannelPhone    = "phone"     // said on the telephone
	ChannelAccount  = "account"   // the pupil, signed in
	ChannelCode     = "code"      // the code on the form
)

// Relations are what a guardian may be to the child. No name is kept: the
// signed form at school has it.
var Relations = []string{"mother", "father", "grandparent", "guardian"}

// PersonInReach tells whether a pupil is in a reach, by class and school; room
// people's StudentInReach is one.
type PersonInReach func(tx *gorm.DB, reach models.Reach, personID models.ID) (bool, error)

// Consents is the room's service.
type Consents struct {
	db      *store.DB
	inReach PersonInReach
}

// New makes the room on one database.
func New(db *store.DB, inReach PersonInReach) *Consents { return &Consents{db: db, inReach: inReach} }

// Event is one line of the log.
type Event struct {
	ID           models.ID
	PersonID     models.ID
	Kind         string
	Seq          int
	Party        string
	Act          string
	Relation     string // the guardian's; empty for the child
	TextVersion  int    // 0: a withdrawal
	TextHash     string
	Channel      string
	OnDate       string // civil day on which it was said or signed
	RecordedBy   models.ID
	RecordedName string
	RecordedRole string
	RecordedAt   time.Time
}

const eventColumns = `e.id, e.person_id, e.kind, e.seq, e.party, e.act, e.relation, e.text_version, e.text_hash, e.channel,
	e.on_date, e.recorded_by, e.recorded_name, e.recorded_role, e.recorded_at`
