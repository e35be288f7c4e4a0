package seeds

import (
	"context"

	"gorm.io/gorm"

	"nhaso/models"
)

func (h *House) mark(ctx context.Context, name, value string) error {
	return h.DB.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO settings (name, value, updated_at) VALUES (?, ?, ?)", name, value, h.DB.Clock().Now()).Error
	})
}

// IsDemo tells whether the database holds the demo province.
func (h *House) IsDemo(ctx context.Context) (bool, error) {
	class, err := h.demoClass(ctx)
	switch models.CodeOf(err) {
	case "not_empty":
		return false, nil
	case "demo_unfinished":
		return true, nil
	}
	return !class.IsZero(), err
}

// demoClass answers class 7A of a demo built before, or the zero ID.
func (h *House) demoClass(ctx context.Context) (models.ID, error) {
	var value string
	err := h.DB.Read(ctx).Raw("SELECT value FROM settings WHERE name = 'demo_class'").Scan(&value).Error
	if err != nil || value != "" {
		if err != nil {
			return models.ID{}, err
		}
		return models.ParseID(value)
	}
	var used struct{ Started, Others int }
	err = h.DB.Read(ctx).Raw(`SELECT (SELECT COUNT(*) FROM settings WHERE name = 'demo_started') AS started,
		(SELECT COUNT(*) FROM persons) + (SELECT COUNT(*) FROM accounts) + (SELECT COUNT(*) FROM households) AS others`).Scan(&used).Error
	switch {
	case err != nil:
		return models.ID{}, err
	case used.Started > 0:
		return models.ID{}, models.Conflict("demo_unfinished")
	case used.Others > 0:
		return models.ID{}, models.Conflict("not_empty")
	}
	return models.ID{}, nil
}

// keepSessionOpen opens a session for the demo class when yesterday's is over.
func (h *House) keepSessionOpen(ctx context.Context, class models.ID) error {
	if _, err := h.Learning.CloseExpired(ctx); err != nil {
		return err
	}
	teacher := models.Actor{Account: class, Name: "demo", Grants: []models.Grant{{Role: models.RoleTeacher, Scope: models.ScopeClass, At: class}}}
	_, err := h.openSession(ctx, teacher, class)
	if models.KindOf(err) == models.KindConflict {
		return nil // one is open
	}
	return err
}

// DemoPupil is the pupil behind the sign-in "hocsinh" and the open session of
// class 7A.
func (h *House) DemoPupil(ctx context.Context) (Pupil, models.ID, error) {
	var row struct {
		PersonID    models.ID
		DisplayName string
		SessionID   models.ID
	}
	err := h.DB.Read(ctx).Raw(`SELECT a.person_id, a.display_name, s.id AS session_id FROM accounts a
		JOIN enrolments e ON e.person_id = a.person_id AND e.live = 1 JOIN lesson_sessions s ON s.live_class = e.class_id
		WHERE a.username = ?`, demoSignIns[0].Username).Scan(&row).Error
	if err == nil && row.PersonID.IsZero() {
		err = models.NotFound()
	}
	return Pupil{Person: row.PersonID, Name: row.DisplayName}, row.SessionID, err
}
