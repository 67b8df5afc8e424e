// KnownSystems.swift - the systems that this library is made of: the one place that names them all.

internal import DamCore
internal import FotoWeb
internal import PhotoShelter

let knownSystems = Systems([PhotoShelter.self, FotoWeb.self])
