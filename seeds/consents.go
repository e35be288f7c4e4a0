package seeds

import (
	"context"

	"nhaso/models"
	"nhaso/models/consent"
)

// consents hands the forms in: most pupils and their guardians agreed to
// everything, some forms are not back, and on some the guardian's part is empty.
func (d *demo) consents(ctx context.Context) error {
	now := d.DB.Clock().Now()
	var list []consent.NewEvent
	for i, pupil := range d.pupils {
		if i%6 == 5 {
			continue // the form is not back yet
		}
		for _, t := range consent.TextsOn(models.Day(now)) {
			e := consent.NewEvent{ID: models.NewID(now), PersonID: pupil.Person, Kind: t.Kind, Party: consent.Child, Act: consent.Granted,
				TextVersion: t.Version, Channel: consent.ChannelPaper}
			list = append(list, e)
			if i%12 == 10 {
				continue // the guardian has not signed
			}
			e.ID, e.Party, e.Relation = models.NewID(now), consent.Guardian, consent.Relations[i%2]
			list = append(list, e)
		}
	}
	return d.Consents.Record(ctx, d.teacher, list)
}
