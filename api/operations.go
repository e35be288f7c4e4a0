package api

// operations registers every resource. The order is that of the document.
func (s *server) operations() {
	s.sessionOperations()
	s.meOperations()
	s.courseOperations()
	s.learningOperations()
	s.attemptOperations()
	s.scenarioOperations()
	s.placementOperations()
	s.missionOperations()
	s.classOperations()
	s.assignmentOperations()
	s.lessonSessionOperations()
	s.householdOperations()
	s.linkOperations()
	s.classLinkOperations()
	s.studentOperations()
	s.importOperations()
	s.certificateOperations()
	s.paperOperations()
	s.badgeOperations()
	s.areaOperations()
	s.placeOperations()
	s.coverageOperations()
	s.accountOperations()
	s.verifyOperations()
}
