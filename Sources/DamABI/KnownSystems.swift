// KnownSystems.swift - the systems that this library is put together from: the one place that names them all.

internal import DamCore
internal import FotoWeb
internal import PhotoShelter

let knownSystems = Systems([PhotoShelter.self, FotoWeb.self])
