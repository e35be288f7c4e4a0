package signoff

import "nhaso/models"

// The states of a unit's month.
const (
	StateNothing  = "nothing"  // no figures: nothing to sign, ready by itself
	StateRunning  = "running"  // the month is not over
	StateWaiting  = "waiting"  // something below is not ready
	StateOpen     = "open"     // ready to be approved (locked, for the province)
	StateApproved = "approved" // approved with the figures it has now
	StateChanged  = "changed"  // approved, but the figures changed since
	StateReturned = "returned" // sent back with a reason
	StateLocked   = "locked"   // frozen
)

// stand answers the state of every unit that signs; last holds the last step of
// each unit.
func (t *tree) stand(last map[models.ID]Step) map[models.ID]string {
	states := map[models.ID]string{}
	t.standAt(t.units[t.root], last, states)
	return states
}

func (t *tree) standAt(u *Unit, last map[models.ID]Step, states map[models.ID]string) string {
	ready := true
	for _, id := range t.below[u.ID] {
		if child := t.units[id]; child.Kind != KindVillage && !done(t.standAt(child, last, states)) {
			ready = false
		}
	}
	states[u.ID] = stateOf(u, last[u.ID], ready)
	return states[u.ID]
}

// stateOf decides over one unit; ready tells whether everything below it is.
func stateOf(u *Unit, last Step, ready bool) string {
	switch {
	case !u.signs():
		return StateNothing
	case !ready:
		return StateWaiting
	case last.Kind == StepReturned:
		return StateReturned
	case last.Kind == StepApproved && last.Digest == u.Digest:
		return StateApproved
	case last.Kind == StepApproved:
		return StateChanged
	}
	return StateOpen
}

// done tells whether a state lets the unit above be approved.
func done(state string) bool { return state == StateApproved || state == StateNothing }

// missing lists the units below one that are not ready, the nearest first: for
// a commune its schools, for a province its communes.
func (t *tree) missing(id models.ID, states map[models.ID]string) []Name {
	list := []Name{}
	for _, child := range t.below[id] {
		if u := t.units[child]; u.Kind != KindVillage && !done(states[child]) {
			list = append(list, Name{ID: u.ID, Kind: u.Kind, Code: u.Code, Name: u.Name, State: states[child]})
		}
	}
	return list
}

// Name is a unit that is waited for.
type Name struct {
	ID    models.ID `json:"id"`
	Kind  string    `json:"kind"`
	Code  string    `json:"code"`
	Name  string    `json:"name"`
	State string    `json:"state"`
}
